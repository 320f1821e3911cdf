// How one message looks.

import { element } from './dom.js';

const TOGETHER_MS = 5 * 60_000;
const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ADDRESS = /https?:\/\/[^\s<>"]+/g;
const END_OF_SENTENCE = /[.,;:!?'’”»\]}]+$/;

/** A message of somebody, or one's own; a `pending` one isn't confirmed by the server yet. */
export function bubble({ from, text, at }, { own, pending }) {
  const message = element('article', `message${own ? ' own' : ''}${pending ? ' pending' : ''}`);
  message.dataset.from = from;
  const content = element('span', 'text');
  content.dir = 'auto';
  content.append(...withLinks(text));
  const inside = element('div', 'bubble');
  inside.append(content, element('time'));
  message.append(inside);
  setTime(message, at);
  if (pending) message.querySelector('time').textContent = 'sending…';
  return message;
}

/** The server has the message: now it has its time. */
export function confirmed(message, at) {
  message.classList.remove('pending');
  setTime(message, at);
}

/** Tells whose a message is, by name and picture; the eye needs neither right after another one of the same person. */
export function group(message) {
  const last = message.previousElementSibling;
  const { from, at } = message.dataset;
  const isOwn = message.classList.contains('own');
  const isMore = last?.dataset.from === from && at - last.dataset.at < TOGETHER_MS;
  message.classList.toggle('more', isMore);
  message.style.setProperty('--hue', hue(from));
  message.querySelector('.avatar')?.remove();
  message.querySelector('.author')?.remove();
  const author = element('span', isOwn || isMore ? 'author sr-only' : 'author', isOwn ? 'You' : from);
  author.dir = 'auto';
  message.prepend(author);
  if (!isOwn && !isMore) message.prepend(avatar(from));
}

export function avatar(name) {
  const [first] = letters.segment(name);
  const made = element('span', 'avatar', first?.segment);
  made.ariaHidden = 'true';
  made.style.setProperty('--hue', hue(name));
  return made;
}

function setTime(message, at) {
  message.dataset.at = at;
  const time = message.querySelector('time');
  time.textContent = timeOfDay.format(at);
  time.title = dayAndTime.format(at);
  time.dateTime = new Date(at).toISOString();
}

/** The text, with the web addresses in it as links. */
function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    let address = found.replace(END_OF_SENTENCE, '');
    if (!address.includes('(')) [address] = address.split(')', 1); // the bracket was opened before it
    if (!URL.canParse(address)) continue;
    const link = element('a', '', address);
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    parts.push(text.slice(end, index), link);
    end = index + address.length;
  }
  return [...parts, text.slice(end)];
}

/** A colour for each name, the same on every page. */
function hue(name) {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.codePointAt(0)) >>> 0;
  return (hash % 19) * 19;
}
