/**
 * Routes, templates and redactors compiled from a config: one immutable value, swapped between two lines.
 *
 * @module
 */

import type { Config, RouteSpec, SendSpec } from "../config/config.ts";
import { compileRedactor, type Redactor } from "../redact/redactor.ts";
import { compileMatch, type Matcher } from "../route/match.ts";
import { type ChannelTemplate, compileChannel, compileTemplate, type Template } from "../route/template.ts";

/** A route that shows what it matches. */
export interface SendRoute {
  readonly kind: "send";
  readonly spec: RouteSpec;
  readonly send: SendSpec;
  readonly matcher: Matcher;
  readonly template: Template;
  readonly channel: ChannelTemplate;
  readonly redactor: Redactor;
}

/** A route that takes what it matches away. */
export interface DropRoute {
  readonly kind: "drop";
  readonly spec: RouteSpec;
  readonly matcher: Matcher;
}

/** One route, compiled. */
export type CompiledRoute = SendRoute | DropRoute;

/** Everything the pipeline needs to know about the config. */
export interface Program {
  /** In matching order. */
  readonly routes: readonly CompiledRoute[];
  /** The config it was compiled from. */
  readonly config: Config;
}

/**
 * Compiles a config; touches nothing that runs.
 *
 * @throws {Error} When a pattern or template cannot be compiled; a config that was checked has none.
 */
export function compileProgram(config: Config): Program {
  const redactors = new Map<string, Redactor>();
  const redactorOf = (profile: string): Redactor => {
    const known = redactors.get(profile);
    if (known !== undefined) return known;
    const redactor = compileRedactor({ profile, redaction: config.redaction, secrets: config.secrets });
    redactors.set(profile, redactor);
    return redactor;
  };
  const routes = config.routes.map((spec): CompiledRoute => {
    const matcher = compileMatch(spec.match);
    if (spec.action.kind === "drop") return { kind: "drop", spec, matcher };
    return {
      kind: "send",
      spec,
      send: spec.action,
      matcher,
      template: compileTemplate(spec.action.template),
      channel: compileChannel(spec.action.channel),
      redactor: redactorOf(spec.action.redact),
    };
  });
  return { routes, config };
}
