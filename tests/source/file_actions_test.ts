import { fileExperiments } from "./file_actions.ts";

Deno.test("File source loses and repeats nothing, whatever happens to the file", () => fileExperiments(50));
