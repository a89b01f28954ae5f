import { fileExperiments } from "../source/file_actions.ts";

Deno.test("File source loses and repeats nothing in 500 experiments", () => fileExperiments(500));
