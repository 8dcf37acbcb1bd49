/** The path of the program for this platform; `undefined` when this package has none for it. */
export function binary(): string | undefined;
