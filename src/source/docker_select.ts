/**
 * Which containers are read, and what their service is called.
 *
 * @module
 */

import type { ContainerFilter, DockerSourceSpec } from "../config/config.ts";
import { compileGlob } from "../runtime/glob.ts";

/** What a container is chosen by. */
export interface Chosen {
  readonly name: string;
  readonly image: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** Labels that name a service, the strongest first: irctail's own, and Docker's and Podman's Compose. */
const SERVICE_LABELS = [
  "irctail.service",
  "com.docker.compose.service",
  "io.podman.compose.service",
] as const;

/**
 * Compiles the conditions of a source. Of `include` every list that is not empty must name the container, of `exclude`
 * one suffices; of a list one glob suffices.
 *
 * @param spec The conditions.
 * @throws {RangeError} When the braces of a glob stand for more than 1024 patterns.
 */
export function compileSelection(
  spec: Pick<DockerSourceSpec, "include" | "exclude">,
): (container: Chosen) => boolean {
  const included = conditions(spec.include);
  const excluded = conditions(spec.exclude);
  return (container) =>
    included.every((holds) => holds(container)) && !excluded.some((holds) => holds(container));
}

/**
 * Service of a container.
 *
 * @param container Name and labels.
 * @param template From the config: `{label.NAME}` stands for a label. Where it is left out, or nothing is left of it,
 *   the labels of Compose and the container's name decide.
 */
export function containerService(
  { name, labels }: Pick<Chosen, "name" | "labels">,
  template: string | undefined,
): string {
  const filled = template?.replace(/\{label\.([^{}]+)\}/g, (_, label: string) => labels.get(label) ?? "");
  const candidates = [filled, ...SERVICE_LABELS.map((label) => labels.get(label))];
  const service = candidates.find((candidate) => candidate !== undefined && candidate !== "") ?? name;
  // A label may hold anything; a service stands within a line.
  return service.replace(/\p{Cc}+/gu, " ");
}

type Condition = (container: Chosen) => boolean;

function conditions(filter: ContainerFilter): readonly Condition[] {
  const names = filter.names.map(compileName);
  const labels = filter.labels.map(compileLabel);
  const images = filter.images.map(compileName);
  return [
    names.length > 0 && ((container: Chosen) => names.some((matches) => matches(container.name))),
    labels.length > 0 && ((container: Chosen) => labels.some((matches) => matches(container.labels))),
    images.length > 0 &&
    ((container: Chosen) =>
      images.some((matches) => matches(container.image) || matches(withoutTag(container.image)))),
  ].filter((condition) => condition !== false);
}

function compileName(glob: string): (text: string) => boolean {
  return compileGlob(glob, { path: false });
}

/** `NAME`, or `NAME=VALUE`. */
function compileLabel(glob: string): (labels: ReadonlyMap<string, string>) => boolean {
  const equals = glob.indexOf("=");
  const isName = compileName(equals === -1 ? glob : glob.slice(0, equals));
  const isValue = equals === -1 ? () => true : compileName(glob.slice(equals + 1));
  return (labels) => [...labels].some(([name, value]) => isName(name) && isValue(value));
}

/** `registry:5000/nginx` of `registry:5000/nginx:1.25@sha256:…`. */
function withoutTag(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}
