/** Which mutant is on in this process, and which were come by. Instrumented sources import it; nothing else does. */

class Endless extends Error {
  name = "Endless";
}

class Switch {
  active = Number(process.env.SEGOPS_MUTANT ?? 0);
  reached = new Set();
  steps = 0;
  limit = 0;

  /** Whether one of the mutants from `first` to `last` is on, at their place, which has been come to. */
  at(first, last) {
    this.reached.add(first);
    this.tick();
    return first <= this.active && this.active <= last;
  }

  /** A turn of a loop; more steps than the bound allows mean that the mutant does not come to an end. */
  tick() {
    this.steps += 1;
    if (this.limit > 0 && this.steps > this.limit) {
      throw new Endless("the mutant does not come to an end");
    }
  }

  /** Switches to a mutant (0 for none); tells what was come by since the last time. */
  turn(mutant, limit) {
    const { reached, steps } = this;
    const endless = this.limit > 0 && steps > this.limit;
    Object.assign(this, { active: mutant, reached: new Set(), steps: 0, limit });
    return { reached: [...reached].sort((one, other) => one - other), steps, endless };
  }
}

globalThis.__segopsMutants ??= new Switch();
export const switched = globalThis.__segopsMutants;
