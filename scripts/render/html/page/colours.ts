/** As many as can be told apart; further services take them again from the first. */
const COLOURS = 8;

/** The services in the order in which the request met them, each with the class of its colour. */
export function colourServices(names: Iterable<string>): Map<string, string> {
  return new Map([...new Set(names)].map((name, index) => [name, `colour-${index % COLOURS}`]));
}
