/**
 * @file What a half-typed command means: which commands fit, which argument is being typed.
 * Invariant: pure functions of the text, reading it as the server's parser does: arguments in order or as
 * `name=value`, words or "quoted words", and free text to the end of the line or the next `name=`.
 */

/**
 * @typedef {{name: string, kind: string, required: boolean, help: string, choices: string[]}} Arg
 * @typedef {{path: string, summary: string, args: Arg[]}} Command
 * @typedef {object} Argument
 * @property {Command} command
 * @property {number} index of the argument, -1 when the command takes no more
 * @property {string} typed its value so far, without quotes
 * @property {number} start where in the text it begins
 * @property {string} prefix `name=` when it was given by name
 * @property {{text: string, start: number}} word the last word, which may become another argument's name
 * @property {Set<number>} used indexes that have a value
 */

/** Kinds that take words to the end of the line. */
const GREEDY = ["text", "until", "when", "tags"];

/** Words of an argument line, with where each starts; an open quote reaches to the end. */
function words(line) {
  return [...line.matchAll(/(?:[\w-]+=)?"[^"]*"?|\S+/g)].map((match) => ({ text: match[0], start: match.index }));
}

/** The longest command whose path the text after the root begins with, or null. */
export function commandOf(text, root, commands) {
  if (!text.startsWith(`${root} `)) return null;
  const rest = text.slice(root.length + 1).trimStart();
  const fits = commands.filter(({ path }) => rest === path || rest.startsWith(`${path} `));
  return fits.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/**
 * The argument the caret stands in, or null while the command itself is being typed.
 * @param {string} head the text before the caret
 * @returns {Argument|null}
 */
export function argumentOf(head, root, commands) {
  const command = commandOf(head, root, commands);
  const base = command ? head.indexOf(command.path, root.length) + command.path.length : -1;
  if (!command || head[base] !== " ") return null;
  const typed = words(head.slice(base)).map(({ text, start }) => ({ text, start: base + start }));
  const last = typed.at(-1);
  const open = last && last.start + last.text.length === head.length && !/^([^"]*=)?"[^"]*"$/.test(last.text);
  if (!open) typed.push({ text: "", start: head.length });
  const used = new Set();
  let [index, start, prefix, greedy] = [-1, head.length, "", false];
  for (const word of typed) {
    const name = /^([\w-]+)=/.exec(word.text)?.[1];
    const named = name ? command.args.findIndex((arg) => arg.name === name) : -1;
    if (named < 0 && greedy) continue;
    index = named >= 0 ? named : command.args.findIndex((_, at) => !used.has(at));
    [start, prefix] = [word.start, named >= 0 ? `${name}=` : ""];
    greedy = GREEDY.includes(command.args[index]?.kind) && !word.text.includes('"');
    used.add(index);
  }
  const value = head.slice(start + prefix.length).replaceAll('"', "");
  return { command, index, typed: value, start, prefix, word: typed.at(-1), used };
}

/** Arguments not given yet whose name begins with the last word. */
export function names({ command, word, used, index }) {
  const fits = ({ name }, at) => name.startsWith(word.text) && (!used.has(at) || (at === index && word.text));
  return command.args.length > 1 && word.text ? command.args.filter(fits) : [];
}

/** The text before the caret after a value was chosen for an argument. */
export function withValue(head, { command, index, start, prefix }, value) {
  const quote = /\s/.test(value) && !GREEDY.includes(command.args[index].kind);
  return `${head.slice(0, start)}${prefix}${quote ? `"${value.replaceAll('"', "")}"` : value} `;
}

/** Commands that fit what was typed so far, best first; an empty list when it is no command. */
export function fitting(head, root, commands) {
  if (!head.startsWith("/")) return [];
  const started = head.startsWith(`${root} `);
  if (!started && !root.startsWith(head)) return [];
  const query = started ? head.slice(root.length + 1).trimStart().toLowerCase() : "";
  const asked = query.split(/\s+/).filter(Boolean);
  const rank = ({ path, summary }) => {
    if (path.startsWith(query)) return 0;
    const parts = path.split(" ");
    if (asked.every((word) => parts.some((part) => part.startsWith(word)))) return 1;
    if (asked.every((word) => path.includes(word))) return 2;
    return asked.every((word) => word.length > 2 && summary.toLowerCase().includes(word)) ? 3 : 9;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((entry) => entry.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.command.path.localeCompare(b.command.path))
    .map((entry) => entry.command);
}

/** How a command is written: `<needed>` and `[may be left out]`, in order. */
export const signature = (command) => command.args.map((arg) => (arg.required ? `<${arg.name}>` : `[${arg.name}]`));
