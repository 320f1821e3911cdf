import { Controller, Get, Module } from '@nestjs/common';
import { Greetings } from './greeter.js';
import { WebSockets } from './web-sockets.js';

@Controller('greet')
class GreetController {
  constructor(private readonly greetings: Greetings) {}

  @Get()
  greet(): string {
    return this.greetings.to('reader');
  }
}

@Module({ controllers: [GreetController], providers: [Greetings, WebSockets] })
export class AppModule {}
