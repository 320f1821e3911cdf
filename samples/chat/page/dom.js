export const byId = (id) => document.getElementById(id);

/** What others have written goes in as `text` and so can't become markup. */
export function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Has a screen reader say it, and nothing else. */
export function announce(text) {
  byId('status-spoken').textContent = text;
}
