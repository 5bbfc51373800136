/** Union-find over the channels of a graph's activations: which ones can only leave together. */

/** One channel of one tensor: an index along its last dimension. */
export interface ChannelPosition {
  tensor: number;
  index: number;
}

/** Channels that are tied, in the order of tensor and index. */
export interface ChannelSet {
  positions: ChannelPosition[];
  /** Why none of them can leave. */
  fixed?: string;
}

export class ChannelSets {
  /** Node of each tensor's channel 0, and behind the last tensor the number of nodes. */
  readonly #first: number[] = [0];
  readonly #parents: number[];
  readonly #reasons = new Map<number, string>();

  /** `channels`: the size of each tensor's last dimension, 0 for tensors that are no activations. */
  constructor(channels: readonly number[]) {
    for (const count of channels) this.#first.push(this.#first.at(-1)! + count);
    this.#parents = Array.from({ length: this.#first.at(-1)! }, (_, node) => node);
  }

  /** Number of channels of a tensor. */
  channels(tensor: number): number {
    return this.#first[tensor + 1]! - this.#first[tensor]!;
  }

  tie(a: ChannelPosition, b: ChannelPosition): void {
    const [low, high] = [this.#root(this.#node(a)), this.#root(this.#node(b))].sort((x, y) => x - y);
    this.#parents[high!] = low!;
  }

  /** Keeps every channel of a tensor, and with them whatever is tied to one; the first reason counts. */
  fix(tensor: number, reason: string): void {
    for (let index = 0; index < this.channels(tensor); index++) {
      const node = this.#node({ tensor, index });
      if (!this.#reasons.has(node)) this.#reasons.set(node, reason);
    }
  }

  /** All sets, in the order of their first channels. */
  sets(): ChannelSet[] {
    const byRoot = new Map<number, ChannelSet>();
    for (let tensor = 0; tensor + 1 < this.#first.length; tensor++) {
      for (let index = 0; index < this.channels(tensor); index++) {
        const node = this.#node({ tensor, index });
        const set = byRoot.get(this.#root(node)) ?? { positions: [] };
        set.positions.push({ tensor, index });
        const reason = set.fixed ?? this.#reasons.get(node);
        if (reason !== undefined) set.fixed = reason;
        byRoot.set(this.#root(node), set);
      }
    }
    return [...byRoot.values()];
  }

  #node({ tensor, index }: ChannelPosition): number {
    return this.#first[tensor]! + index;
  }

  #root(node: number): number {
    let at = node;
    while (this.#parents[at] !== at) {
      this.#parents[at] = this.#parents[this.#parents[at]!]!;
      at = this.#parents[at]!;
    }
    return at;
  }
}
