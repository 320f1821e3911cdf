// What a tab remembers when its page is loaded again, which a phone does with any tab that was long in the background.

function randomHex(bytes) {
  const numbers = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(numbers, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function remembered(name, make) {
  const known = sessionStorage.getItem(name) ?? make();
  sessionStorage.setItem(name, known);
  return known;
}

const tag = remembered('tag', () => randomHex(4));

/** The secret by which the server knows this tab again. */
export const key = remembered('secret', () => randomHex(16));

/** The reference of a new message, and whether one is of this tab. */
export const nextRef = () => `${tag}-${randomHex(6)}`;
export const owns = (ref) => ref.startsWith(`${tag}-`);

/** Where this tab is and under which name; `null` while it is in no room. */
export const joined = () => JSON.parse(sessionStorage.getItem('joined'));
export const rememberJoined = (room, name) => sessionStorage.setItem('joined', JSON.stringify({ room, name }));
export const forgetJoined = () => sessionStorage.removeItem('joined');

/** What is written and not sent, for each room. */
export const draft = (room) => sessionStorage.getItem(`draft ${room}`) ?? '';
export const rememberDraft = (room, text) => sessionStorage.setItem(`draft ${room}`, text);

/** What the server has not confirmed, for each room: pairs of reference and text. */
export const unconfirmed = (room) => JSON.parse(sessionStorage.getItem(`unconfirmed ${room}`)) ?? [];
export const rememberUnconfirmed = (room, said) =>
  sessionStorage.setItem(`unconfirmed ${room}`, JSON.stringify([...said]));

/** The name that was last chosen, here or in another tab. */
export const chosenName = () => localStorage.getItem('name') ?? '';
export const rememberChosenName = (name) => localStorage.setItem('name', name);
