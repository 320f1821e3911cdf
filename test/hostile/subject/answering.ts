import type { Question } from './messages.js';

type Answers = { readonly [About in Question['about']]?: (question: Extract<Question, { about: About }>) => unknown };

/** Answers the questions of the parent process, and ends with it. */
export function answerQuestions(answers: Answers): void {
  process.on('message', ({ id, question }: { readonly id: number; readonly question: Question }) => {
    const answer = answers[question.about] as ((question: Question) => unknown) | undefined;
    void Promise.resolve(answer?.(question)).then((given) => process.send?.({ id, answer: given }));
  });
  process.on('disconnect', () => process.exit());
}

/** The first thing that the parent waits for. */
export function sayReady(what: unknown = true): void {
  process.send?.({ id: 0, answer: what });
}
