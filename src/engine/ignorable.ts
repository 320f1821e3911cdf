/** Whoever sends need not look at the result: a rejection that is ignored must not end the process. */
export function ignorable(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
