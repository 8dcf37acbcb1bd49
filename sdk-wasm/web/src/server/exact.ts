/**
 * Reads JSON with every number as the text that it was written as: not every number of 64 bits survives
 * `JSON.parse`.
 *
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  JSON.parse(text);
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (part) => (part[0] === '"' ? part : `"${part}"`));
  return JSON.parse(quoted);
}
