/**
 * Servers whose paths are compiled in and whose packages Debian allows only alone on a machine:
 * `tests/support/unpack_servers.sh` unpacks them into a cache folder, and each runs as if its package were installed,
 * in a mount namespace of its own.
 *
 * @module
 */

import { UNPACKED_DIR } from "./parts.ts";
import type { TempDir } from "./temp_dir.ts";

/**
 * `$0` the unpacked package, `$1` the folder of the test, `$2` where the config goes, then program and arguments.
 * `/var/run` is a link to `/run`, so that going through it from here would lead out of the overlay.
 * Every step is an `exec` or ends, so that the daemon is the process that was started; the mounts end with it.
 */
const SCRIPT = `set -e
package=$0 dir=$1 config=$2
shift 2
mkdir -p "$dir/root"
mount -t tmpfs none "$dir/root"
mkdir "$dir/root/upper" "$dir/root/work" "$dir/root/merged"
cp -a "$package" "$dir/root/package"
mount -t overlay overlay "$dir/root/merged" \\
  -o "lowerdir=$dir/root/package:/,upperdir=$dir/root/upper,workdir=$dir/root/work"
merged=$dir/root/merged
mount --bind /proc "$merged/proc"
mount --bind /dev "$merged/dev"
mkdir -p "$merged$dir"
mount --bind "$dir" "$merged$dir"
for folder in run/ircd var/log/ircd var/lib/ircd-hybrid; do
  mkdir -p "$merged/$folder"
  chown irc:irc "$merged/$folder"
done
cp "$dir/ircd.conf" "$merged$config"
chown -R irc:irc "$(dirname "$merged$config")"
exec chroot "$merged" setpriv --reuid=irc --regid=irc --clear-groups "$@"`;

/** The command that runs a program of an unpacked package; `ircd.conf` of the test's folder becomes `configPath`. */
export function unpackedCommand(
  package_: string,
  dir: TempDir,
  configPath: string,
  command: readonly string[],
): readonly string[] {
  const root = `${UNPACKED_DIR}/${package_}`;
  return ["unshare", "--mount", "bash", "-c", SCRIPT, root, dir.path, configPath, ...command];
}
