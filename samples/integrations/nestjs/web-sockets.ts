import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { WebSocketContainer } from 'moorage';
import { Greeter } from './greeter.js';

/** The application's WebSockets, as a provider: they get what other providers offer, and end with the application. */
@Injectable()
export class WebSockets implements BeforeApplicationShutdown {
  #container: WebSocketContainer | undefined;

  constructor(private readonly modules: ModuleRef) {}

  /** Called by main, not in the constructor: NestJS makes its HTTP server after the providers. */
  serve(server: Server): WebSocketContainer {
    const container = new WebSocketContainer({
      server,
      instanceFactory: (type) => this.modules.create(type), // a new one each time, with this module's providers
    });
    container.addEndpoint(Greeter);
    this.#container = container;
    return container;
  }

  /** Not `onApplicationShutdown`: that comes after the HTTP server has closed, which waits for every WebSocket. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#container?.close();
  }
}
