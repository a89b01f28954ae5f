/**
 * What the paths of Kubernetes' pod logs say.
 *
 * @module
 */

/** Labels that streams of pod logs have. */
export const POD_LABELS = ["namespace", "pod", "container"] as const;

/** `/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log`, a link into the other; the identifier is 64 hex digits. */
const CONTAINERS =
  /\/containers\/(?<pod>[^/_]+)_(?<namespace>[^/_]+)_(?<container>[^/_]+)-[0-9a-f]{64}\.log$/;

/** `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log`; rotated ones end in the time of the rotation. */
const PODS =
  /\/pods\/(?<namespace>[^/_]+)_(?<pod>[^/_]+)_[0-9a-f-]{32,36}\/(?<container>[^/]+)\/\d+\.log(?:\.\d{8}-\d{6})?$/;

const NO_LABELS: ReadonlyMap<string, string> = new Map();

/**
 * Namespace, pod and container of a log file; nothing when it is not one that the kubelet keeps.
 *
 * @param path Where it was found.
 */
export function podLabels(path: string): ReadonlyMap<string, string> {
  const groups = (CONTAINERS.exec(path) ?? PODS.exec(path))?.groups;
  return groups === undefined ? NO_LABELS : new Map(POD_LABELS.map((name) => [name, groups[name]]));
}
