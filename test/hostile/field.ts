import type { EchoReport, SelfReport } from './subject/messages.js';
import type { SubjectProcess } from './subject-process.js';

/** How the subject stands; bytes. */
export interface Standing extends SelfReport {
  readonly resident: number;
  readonly descriptors: number;
}

/** Where an attack takes place: a subject, a well-behaved connection that is watched, and what the attacker has. */
export abstract class Field {
  protected readonly subject: SubjectProcess;
  /** Who knows of the well-behaved connection. */
  protected readonly watched: SubjectProcess;

  constructor(subject: SubjectProcess, watched: SubjectProcess) {
    this.subject = subject;
    this.watched = watched;
  }

  get isSubjectAlive(): boolean {
    return this.subject.isAlive;
  }

  get printed(): string {
    return this.subject.printed;
  }

  /** How the subject stands, after a collection of its garbage. */
  async standing(): Promise<Standing> {
    const self = await this.subject.ask<SelfReport>({ about: 'standing' });
    return { ...self, resident: this.subject.resident(), descriptors: this.descriptors() };
  }

  descriptors(): number {
    return this.subject.descriptors();
  }

  /** The most resident bytes of the subject since `forgetPeak`, garbage included. */
  peak(): number {
    return this.subject.peak();
  }

  forgetPeak(): void {
    this.subject.forgetPeak();
  }

  /** How the well-behaved connection fared since this was last asked. */
  echoes(): Promise<EchoReport> {
    return this.watched.ask<EchoReport>({ about: 'echoes' });
  }

  /** Ends the attacker's connections. */
  abstract clear(): void;

  abstract leave(): Promise<void>;
}
