/** Something that is known for a while. */
interface Entry<Known> {
  known: Known;
  since: number;
  until: number;
}

/**
 * What is known of tokens, by their digests. It holds so many at most: those that are refused give way first, so that
 * a flood of forged tokens drives nobody else's out, and among their like those that were not asked for longest.
 */
export class Cache<Known> {
  #accepted = new Map<string, Entry<Known>>();
  #refused = new Map<string, Entry<Known>>();
  #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Known | undefined {
    return fresh(this.#accepted, key) ?? fresh(this.#refused, key);
  }

  /** Keeps `known` for `time` milliseconds. */
  keep(key: string, known: Known, accepted: boolean, time: number): void {
    this.#accepted.delete(key);
    this.#refused.delete(key);
    if (time <= 0) return;
    if (this.#accepted.size + this.#refused.size >= this.#most) this.#makeRoom();
    const now = Date.now();
    (accepted ? this.#accepted : this.#refused).set(key, { known, since: now, until: now + time });
  }

  #makeRoom(): void {
    const from = this.#refused.size > 0 ? this.#refused : this.#accepted;
    for (const oldest of from.keys()) {
      from.delete(oldest);
      return;
    }
  }
}

/** The entry that is good still; it counts as the newest from now on. */
function fresh<Known>(entries: Map<string, Entry<Known>>, key: string): Known | undefined {
  const entry = entries.get(key);
  if (!entry) return undefined;
  entries.delete(key);
  const now = Date.now();
  // A clock that was turned back makes nothing last longer.
  if (now < entry.since || now >= entry.until) return undefined;
  entries.set(key, entry);
  return entry.known;
}
