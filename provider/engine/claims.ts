/**
 * Which objects the resources of the running program have, as far as this process of Pulumi's knows. What a resource has, no deletion of
 * another one removes: a resource that got another Pulumi name takes over the object of the old one, which Pulumi then deletes.
 */
export class Claims {
  private readonly wanted = new Set<string>();
  private readonly owned = new Set<string>();

  /** The program has a resource of this kind and name. */
  want(key: string): void {
    this.wanted.add(key);
  }

  /** A resource of the program keeps its object, made one or took one over. */
  claim(type: string, id: string): void {
    this.owned.add(`${type} ${id}`);
  }

  /**
   * The state's resource has the object, which it keeps unless it is to be replaced. Only what the program wants counts: a refresh
   * compares what is about to be deleted as well.
   */
  compared(type: string, id: string, key: string, isReplaced: boolean): void {
    if (isReplaced) this.owned.delete(`${type} ${id}`);
    else if (this.wanted.has(key)) this.claim(type, id);
  }

  has(type: string, id: string): boolean {
    return this.owned.has(`${type} ${id}`);
  }
}
