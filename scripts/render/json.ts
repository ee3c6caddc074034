/** A result as one JSON object, laid out for people too. */
export function renderJson(result: object): string {
  return JSON.stringify(result, null, 2);
}
