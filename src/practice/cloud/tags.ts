import type { DropletRecord, ImageRecord, TagRecord } from './records';
import { notFound, unprocessable } from './refusal';
import type { CloudStore } from './store';

const VALID = /^[A-Za-z0-9:_-]{1,255}$/;

/**
 * Tags keep the case in which they were first made and are found in no other; only what would make one in another case gets the one
 * that there is (digitalocean/openapi, tags.yml: "case stable").
 */
export class Tags {
  constructor(private readonly store: CloudStore) {}

  list(account: string): TagRecord[] {
    return this.store.data.tags.filter((tag) => tag.account === account);
  }

  get(account: string, name: string): TagRecord {
    const tag = this.list(account).find((candidate) => candidate.name === name);
    if (tag === undefined) throw notFound();
    return tag;
  }

  /** The tag under its canonical name; made when missing, as creating a droplet with a new tag does. */
  ensure(account: string, name: string): TagRecord {
    if (!VALID.test(name)) {
      throw unprocessable(
        `Tag name ${name} is invalid. Only letters, numbers, colons, dashes and underscores are allowed.`,
      );
    }
    const known = this.list(account).find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    const tag: TagRecord = { account, name };
    this.store.data.tags.push(tag);
    this.store.changed();
    return tag;
  }

  /** Untags everything; nothing that bears it is deleted. */
  delete(account: string, name: string): void {
    const tag = this.get(account, name);
    for (const droplet of this.dropletsWith(account, tag.name)) {
      droplet.tags = droplet.tags.filter((other) => other !== tag.name);
    }
    for (const image of this.imagesWith(account, tag.name)) {
      image.tags = image.tags?.filter((other) => other !== tag.name) ?? [];
    }
    this.store.data.tags = this.store.data.tags.filter((other) => other !== tag);
    this.store.changed();
  }

  dropletsWith(account: string, name: string): DropletRecord[] {
    return this.store.data.droplets.filter((one) => one.account === account && one.tags.includes(name));
  }

  imagesWith(account: string, name: string): ImageRecord[] {
    return this.store.data.images.filter((one) => one.account === account && one.tags?.includes(name) === true);
  }
}
