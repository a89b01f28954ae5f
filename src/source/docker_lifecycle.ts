/**
 * What happens to a container, as lines.
 *
 * @module
 */

import { DEFAULT_LEVEL_INDEX, ERROR_INDEX, type LevelIndex } from "../event/level.ts";

/** A line that irctail writes itself, with the severity that its text does not say. */
export interface LifecycleLine {
  readonly text: string;
  readonly levelIndex: LevelIndex;
}

/** How a run ended. */
export interface Exit {
  readonly code: number;
  readonly isOutOfMemory: boolean;
}

/** The end of a run. */
export function exitLine(service: string, { code, isOutOfMemory }: Exit): LifecycleLine {
  const isBad = code !== 0 || isOutOfMemory;
  return {
    text: `${isBad ? "✖ " : ""}${service} exited ${code}${isOutOfMemory ? " (oom)" : ""}`,
    levelIndex: isBad ? ERROR_INDEX : DEFAULT_LEVEL_INDEX,
  };
}

/**
 * A change of health.
 *
 * @param service Of the container.
 * @param health `healthy`, `unhealthy` or whatever else the daemon calls it.
 */
export function healthLine(service: string, health: string): LifecycleLine {
  const isBad = health === "unhealthy";
  return {
    text: `${isBad ? "✖ " : ""}${service} health: ${health}`,
    levelIndex: isBad ? ERROR_INDEX : DEFAULT_LEVEL_INDEX,
  };
}

/**
 * The health that an event tells: Docker says `health_status: healthy`, Podman has an attribute for it.
 *
 * @param action What happened.
 * @param attributes What belongs to it.
 * @returns `undefined` when it is about something else.
 */
export function healthOf(action: string, attributes: ReadonlyMap<string, string>): string | undefined {
  if (!action.startsWith("health_status")) return undefined;
  const health = /: *(\w+)$/.exec(action)?.[1] ?? attributes.get("health_status") ??
    attributes.get("containerHealthStatus");
  return health === "" ? undefined : health;
}
