import { OnWebSocketMessage, WebSocket } from 'moorage';
import { injectable, singleton } from 'tsyringe';

/** One for the whole process. */
@singleton()
export class Greetings {
  #given = 0;

  to(name: string): string {
    this.#given += 1;
    return `Good day, ${name}. Greeting ${this.#given} of this house.`;
  }
}

/** One for each connection, with what its constructor asks for. */
@injectable()
@WebSocket({ path: '/greet' })
export class Greeter {
  #answered = 0;

  constructor(private readonly greetings: Greetings) {}

  @OnWebSocketMessage
  onName(name: string): string {
    this.#answered += 1;
    return `${this.greetings.to(name)} Greeting ${this.#answered} for you.`;
  }
}
