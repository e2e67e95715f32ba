/** Models and compiled functions of one run. They outlive its steps and must not outlive the run, however it ends. */
export class RunScope {
  private readonly owned: { dispose(): void }[] = [];

  own<Resource extends { dispose(): void }>(resource: Resource): Resource {
    this.owned.push(resource);
    return resource;
  }

  /** Gives up the ownership of a resource that somebody else disposes. */
  disown(resource: { dispose(): void }): void {
    const place = this.owned.indexOf(resource);
    if (place >= 0) this.owned.splice(place, 1);
  }

  /** Disposes everything, in reverse order of its making. */
  dispose(): void {
    for (const resource of this.owned.splice(0).reverse()) resource.dispose();
  }
}
