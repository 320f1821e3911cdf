import { announce, byId } from './dom.js';
import * as tab from './tab.js';

const MAX_TEXT_LENGTH = 2000; // as the server has it
const NEAR_THE_END = 200;
const KEY_OF_INPUT_METHOD = 229;

/** Where one writes. What isn't sent yet outlives a reload of the page, and what is too long is never cut. */
export class Composer {
  #text = byId('text');
  #send = byId('send');
  #limit = byId('text-limit');
  #room = '';
  #isPresent = false;

  constructor(onText) {
    this.#text.addEventListener('input', () => this.#changed());
    this.#text.addEventListener('keydown', (event) => {
      // Enter may also be how an input method is told to take a word. Safari tells only by the key's code.
      const isWriting = event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD;
      if (event.key !== 'Enter' || event.shiftKey || isWriting) return;
      event.preventDefault();
      byId('composer').requestSubmit();
    });
    byId('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text === '' || this.#send.disabled) return;
      onText(text);
      this.#text.value = '';
      this.#changed();
      this.#text.focus();
    });
  }

  /** Shows what was written in this room before; it can be sent when `setPresent` says so. */
  enter(room) {
    this.#room = room;
    this.#text.value = tab.draft(room);
    this.setPresent(false);
    this.#changed();
  }

  setPresent(isPresent) {
    this.#isPresent = isPresent;
    this.#update();
  }

  focus() {
    this.#text.focus();
  }

  #changed() {
    tab.rememberDraft(this.#room, this.#text.value);
    this.#text.style.height = 'auto';
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
    this.#update();
  }

  #update() {
    const left = MAX_TEXT_LENGTH - this.#text.value.trim().length;
    const isTooLong = left < 0;
    if (isTooLong && this.#limit.dataset.over !== 'true')
      announce(`A message has at most ${MAX_TEXT_LENGTH} characters`);
    this.#limit.dataset.over = String(isTooLong);
    this.#limit.hidden = left > NEAR_THE_END;
    this.#limit.textContent = isTooLong ? `Characters too many: ${-left}` : `Characters left: ${left}`;
    this.#text.ariaInvalid = String(isTooLong);
    this.#send.disabled = !this.#isPresent || isTooLong;
  }
}
