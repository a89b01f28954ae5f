import { startPodman } from "../support/container_daemon.ts";
import { missing } from "../support/parts.ts";
import { containerScenarios } from "./container_scenarios.ts";
import { containerContract, sharedDaemon } from "./container_suite.ts";

const ignore = missing("podman");
const daemon = sharedDaemon(startPodman, { ignore });

containerContract("Podman", daemon, { ignore, start: startPodman });
containerScenarios("Podman", daemon, { ignore });
