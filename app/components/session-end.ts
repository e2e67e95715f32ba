/**
 * Whose page this is, and whether that person's session has ended. A page on which people write lets them sign in again
 * without leaving it (`SignInAgain`); other pages go to the login page.
 */
let person: string | null = null;
let isEnded = false;
let isAskedInPlace = false;
const listeners = new Set<() => void>();
const restored = new Set<() => void>();

export const sessionEnd = {
  get person() {
    return person;
  },
  get isEnded() {
    return isEnded;
  },
  get isAskedInPlace() {
    return isAskedInPlace;
  },
  setPerson(id: string): void {
    person = id;
  },
  /** Says that somebody asks for the password on this page; returns the end of that. */
  askInPlace(): () => void {
    isAskedInPlace = true;
    return () => {
      isAskedInPlace = false;
    };
  },
  set(ended: boolean): void {
    if (ended === isEnded) return;
    isEnded = ended;
    for (const notify of listeners) notify();
  },
  /** Signed in again: what waited for it goes on. */
  restore(): void {
    sessionEnd.set(false);
    for (const goOn of restored) goOn();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  onRestore(goOn: () => void): () => void {
    restored.add(goOn);
    return () => void restored.delete(goOn);
  },
};
