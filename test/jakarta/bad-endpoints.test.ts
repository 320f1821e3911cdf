import { expect } from 'chai';
import { EndpointError } from 'moorage';
import { OnOpen, PathParam } from 'moorage/jakarta';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import * as badEndpoints from './bad-endpoints.js';

// What is said of each endpoint of the catalogue: the method as it was found, what is accepted, and the mend.

const PROBLEMS: Readonly<Record<string, readonly string[]>> = {
  BothFlavours: [
    'BothFlavours is decorated with @WebSocket, and is an endpoint of moorage/jakarta already. Remove @WebSocket; its options go into @ServerEndpoint.',
  ],
  ClientPathParam: [
    '@OnOpen on ClientPathParam.onOpen(String): parameter 1 is the path\'s variable "room", and a client\'s endpoint has no path.',
  ],
  ClientWithPath: [
    "@ClientEndpoint on ClientWithPath: a client's endpoint has no path. Its address is given to connect.",
  ],
  CloseWithCode: [
    '@OnClose on CloseWithCode.onClose(Number, String): parameter 1 is a Number, which it is never given. It takes any of a Session, a CloseReason and @PathParams, in any order.',
  ],
  CloseWithConfig: [
    '@OnClose on CloseWithConfig.onClose(EndpointConfig): parameter 1 is an EndpointConfig, which it is never given. It takes any of a Session, a CloseReason and @PathParams, in any order.',
  ],
  DecoderAlone: ['@ServerEndpoint on DecoderAlone: decoders is the function AnyDecoder. Accepted: a list.'],
  DecoratedTwice: [
    'DecoratedTwice is decorated 2 times: @ClientEndpoint, @ServerEndpoint. Write one, with all of its options.',
  ],
  EmptyConfigurator: [
    '@ServerEndpoint on EmptyConfigurator: its configurator has no method that is called. They are checkOrigin, getNegotiatedSubprotocol, getNegotiatedExtensions, modifyHandshake, getEndpointInstance.',
  ],
  EmptyPath: ['@ServerEndpoint on EmptyPath: value is "". Accepted: a path such as \'/chat/{room}\'.'],
  ErrorOfAnInterface: [
    "@OnError on ErrorOfAnInterface.onError(?, Session): its parameters can't be given what they ask for: a type marked ? is an interface, a union or imported with `import type`, and nothing of it is left at run time, so they must stand in the order (cause) or (session, cause), then pathParams.",
  ],
  ErrorWithoutError: [
    '@OnError on ErrorWithoutError.onError(Session): it has no parameter for the Error. It takes an Error or a subclass of it, and any of a Session and @PathParams, in any order.',
  ],
  ExtendsDecorated: [
    "ExtendsDecorated is not decorated with @ServerEndpoint itself, only DecoratedBase which it extends. Write @ServerEndpoint('/path') before it.",
  ],
  JakartaMessage: [
    '@OnMessage on JakartaMessage.onText(String): it is for classes with @ServerEndpoint or @ClientEndpoint. Write one of these before the class in the place of @WebSocket, or @OnWebSocketMessage before the method.',
  ],
  MessageWithReason: [
    '@OnMessage on MessageWithReason.onMessage(String, String, CloseReason): parameter 3 is a CloseReason, which a handler of text messages is never given. It takes a String, and any of a Session and @PathParams, in any order.',
  ],
  MisspeltConfigurator: [
    '@ServerEndpoint on MisspeltConfigurator: its configurator has a method chekOrigin, which is never called. Did you mean checkOrigin?',
  ],
  NativeMessage: [
    "NativeMessage.onText has a decorator of Moorage's own for what @OnMessage is for here. Write @OnMessage before it.",
  ],
  NoConfigurator: [
    '@ServerEndpoint on NoConfigurator: configurator is 7. Accepted: an object or a class with some of checkOrigin, getNegotiatedSubprotocol, getNegotiatedExtensions, modifyHandshake, getEndpointInstance.',
  ],
  NoDecoder: [
    '@OnMessage on NoDecoder.onMove(Move): no decoder makes what it takes. List one, as in @ServerEndpoint({ decoders: [MoveDecoder] }), or name one, as in @OnMessage({ as: json() }).',
  ],
  NoMessage: [
    "@OnMessage on NoMessage.onMessage(Session): none of its parameters can be given a message. It takes a String (text) or a Buffer, Uint8Array or ArrayBuffer (binary), either with a Boolean (in parts); a Number, Boolean or BigInt (read from text); a Readable or ReadableStream (binary); a PongMessage; or what one of the endpoint's decoders makes; and any of a Session and @PathParams, in any order.",
  ],
  NoOptions: [
    "@ServerEndpoint on NoOptions: its argument is 5. Accepted: a path such as '/chat/{room}', or an object of options.",
  ],
  NoVariables: ['@OnOpen on NoVariables.onOpen(String): the path /x has no variable "room". They are: none.'],
  OpenTwice: [
    '@OnOpen on OpenTwice.onOpen(Session, Session): two of its parameters would be given the same value. It takes any of a Session, an EndpointConfig and @PathParams, in any order.',
  ],
  OpenWithText: [
    '@OnOpen on OpenWithText.onOpen(String): parameter 1 is a String, which it is never given. It takes any of a Session, an EndpointConfig and @PathParams, in any order.',
  ],
  PathParamAgainstType: [
    '@OnOpen on PathParamAgainstType.onOpen(String): parameter 1 is a String, but its decorator says Number. Make the two agree.',
  ],
  PathParamOfAnotherType: [
    '@OnOpen on PathParamOfAnotherType.onOpen(Date): parameter 1 is the path\'s variable "room" and a Date. It can be a String, Number or Boolean.',
  ],
  PlainTooMany: [
    "@OnClose on PlainTooMany.onClose(?, ?, ?): its parameters can't be given what they ask for: the tool that compiled the class emitted no parameter types (tsx and esbuild never do, tsc and swc do with emitDecoratorMetadata), so they must stand in the order (), (closeReason) or (session, closeReason), then pathParams.",
  ],
  SizeOutOfRange: [
    "@OnMessage on SizeOutOfRange.onText(String): maxMessageSize is 0. Accepted: a whole number of bytes from 1, or -1 for the endpoint's own limit.",
    "@OnMessage on SizeOutOfRange.onBinary(Buffer): maxMessageSize is 1.5. Accepted: a whole number of bytes from 1, or -1 for the endpoint's own limit.",
    '@OnMessage on SizeOutOfRange.onPong(PongMessage): maxMessageSize is for text and binary messages: a pong has at most 125 bytes. Leave it out.',
  ],
  StandardBare: [
    "@OnMessage on StandardBare.onMessage(?, ?): it can't be told whether it takes text or binary messages: standard decorators carry no parameter types. Write the kind out, as in @OnMessage('text') before (text) or (session, text), in this order; the kinds are 'text', 'binary', 'uint8array', 'arraybuffer', 'decoded', 'pong', and 'text-' or 'binary-' before 'partial', 'stream', 'web-stream' or 'iterable'; a decoder such as json() stands for itself. Where types are emitted, a parameter of type String, Buffer, Uint8Array, ArrayBuffer, Readable or ReadableStream says it as well.",
  ],
  Static: [
    'Static.onOpen is static. Handlers are called on an instance: remove `static`, and set stateless: true for one instance for all connections.',
  ],
  TextAndBytes: [
    '@OnMessage on TextAndBytes.onMessage(String, Buffer): it takes text and bytes, but a message is one or the other. Write a method for each.',
  ],
  TwoMessages: [
    '@OnMessage on TwoMessages.onMessage(Move, Say): two of its parameters could be given the message: Move and Say. Leave one.',
  ],
  TwoMoves: ['TwoMoves.one and TwoMoves.two both take messages that are decoded to Move. Remove one.'],
  TwoOpens: [
    'TwoOpens.one and TwoOpens.two both handle the connect event, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  TwoPongs: [
    'TwoPongs.one and TwoPongs.two both handle pongs, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  TwoSizes: [
    '@OnMessage on TwoSizes.onSay(Say): maxMessageSize is 2, and 1 of another method: it is known before a message is decoded, so it is one for all text messages. Make the two agree.',
  ],
  TwoTexts: [
    'TwoTexts.one and TwoTexts.two both handle text messages, and one must. Remove a decorator; an override replaces the handler of its name.',
  ],
  UnknownKind: [
    "@OnMessage on UnknownKind.onMessage(String): \"json\" is not a kind of message. The kinds are 'text', 'binary', 'uint8array', 'arraybuffer', 'decoded', 'pong', and 'text-' or 'binary-' before 'partial', 'stream', 'web-stream' or 'iterable'; a decoder such as json() stands for itself.",
  ],
  UnknownPathParam: [
    '@OnOpen on UnknownPathParam.onOpen(String): the path /chat/{room} has no variable "rom". Did you mean room?',
  ],
  WithoutOpen: ['WithoutOpen extends Endpoint and has no method onOpen.'],
  WrongCodecs: [
    "@ServerEndpoint on WrongCodecs: the function NeedsArgument can't be constructed without arguments: Cannot read properties of undefined (reading 'name'). List an instance of it instead.",
    "@ServerEndpoint on WrongCodecs: the function Date is not a decoder. Extend Decoder.Text, Decoder.TextStream, Decoder.Binary or Decoder.BinaryStream and write decode, or use one of Moorage's such as json().",
    '@ServerEndpoint on WrongCodecs: Typeless does not say what it encodes. Write `override readonly type = Move` with the class, or override willEncode(value).',
    "@ServerEndpoint on WrongCodecs: an object is not an encoder. Extend Encoder.Text, Encoder.TextStream, Encoder.Binary or Encoder.BinaryStream and write encode, or use one of Moorage's such as json().",
    'FailingInit.init of WrongCodecs failed: no file',
  ],
  WrongHandlerOptions: [
    '@OnOpen on WrongHandlerOptions.onOpen(): parameters is not an option of @OnOpen. The option is pathParams.',
    '@OnClose on WrongHandlerOptions.onClose(): 5 is not a set of options. Accepted: { pathParams }.',
    '@OnMessage on WrongHandlerOptions.onText(String): kind is not an option of @OnMessage. The options are as, when, maxMessageSize, pathParams.',
  ],
  WrongOptions: [
    "@ServerEndpoint on WrongOptions: path is not an option. The path is called value here: @ServerEndpoint({ value: '/chat/{room}' }).",
    '@ServerEndpoint on WrongOptions: idelTimeout is not an option. Did you mean idleTimeout?',
  ],
  WrongPathParams: [
    "@OnOpen on WrongPathParams.onOpen(String): pathParams is \"room\". Accepted: a list of names of the path's variables and of pathParam(name, type), such as ['room', pathParam('level', Number)].",
    "@OnClose on WrongPathParams.onClose(String): pathParams lists 2, and it has 1 parameters. The path's variables are its last parameters; parameters with a default value and rest parameters do not count.",
  ],
};

const CATALOGUE = new Map<string, unknown>(Object.entries(badEndpoints));
const HELPERS = ['Move', 'Say', 'DecoratedBase'];

describe("Bad endpoints of Jakarta's flavour", () => {
  it('are all of the catalogue', () => {
    const names = [...CATALOGUE.keys()].filter((name) => !HELPERS.includes(name));
    expect(names).to.have.members(Object.keys(PROBLEMS));
  });

  for (const [name, problems] of Object.entries(PROBLEMS)) {
    it(`are refused with everything that is wrong: ${name}`, () => {
      const type = CATALOGUE.get(name) as new () => object;
      let refused: unknown;
      try {
        compileEndpoint(type);
      } catch (cause) {
        refused = cause;
      }
      expect(refused).to.be.instanceOf(EndpointError);
      expect(refused).to.include({ code: 'MOORAGE_INVALID_ENDPOINT' });
      expect((refused as EndpointError).problems).to.deep.equal(problems);
    });
  }

  it('are told of decorators that stand on what is no method', () => {
    const decorate = OnOpen as unknown as (...args: readonly unknown[]) => void;
    const problem = (...args: readonly unknown[]) => {
      try {
        decorate(...args);
      } catch (cause) {
        return (cause as EndpointError).problems[0];
      }
      return undefined;
    };
    const mend = 'It takes a public method of the instance: write';
    expect(problem({}, 'field')).to.equal(`@OnOpen stands on field, a field. ${mend} field(…) { … }.`);
    expect(problem({}, 'got', { get: () => 1 })).to.equal(`@OnOpen stands on got, an accessor. ${mend} got(…) { … }.`);
    expect(problem(undefined, { kind: 'field', name: 'x' })).to.equal(
      `@OnOpen stands on x, a field. ${mend} x(…) { … }.`,
    );
    expect(problem(() => 1, { kind: 'method', name: '#x', private: true })).to.equal(
      `@OnOpen stands on #x, a private member. ${mend} x(…) { … }.`,
    );
  });

  it("are told of @PathParam on a constructor's parameter", () => {
    class Chat {}
    expect(() => PathParam('room')(Chat, undefined, 0)).to.throw(
      EndpointError,
      '@PathParam("room") stands on a parameter of the constructor. It is for parameters of @OnOpen, @OnMessage, @OnClose and @OnError methods.',
    );
  });
});
