/** Options of `parseLosslessJson`. */
export interface LosslessJsonOptions {
  /** Returns the value of a number, given as it was written. Default: `Number`. */
  readonly parseNumber?: (lexeme: string) => unknown;
  /**
   * Called when an object has a second member with the same name, with the values of both. The
   * later value is kept. A function that throws refuses the text.
   */
  readonly onDuplicate?: (earlier: unknown, later: unknown) => void;
}

/** The deepest nesting of arrays and objects. */
const MAX_DEPTH = 64;

/**
 * Parses JSON without losing a name, a digit or a duplicate member. Throws SyntaxError for any
 * other text, with a message that quotes nothing of it, and RangeError for a nesting of more than
 * 64 levels.
 */
export function parseLosslessJson(text: string, options: LosslessJsonOptions = {}): unknown {
  return new JsonReader(text, options).readText();
}

const [QUOTE, BACKSLASH, COLON, COMMA, SPACE] = [0x22, 0x5c, 0x3a, 0x2c, 0x20];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const [TAB, LINE_FEED, CARRIAGE_RETURN] = [0x09, 0x0a, 0x0d];
const LITERALS: readonly (readonly [word: string, value: boolean | null])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** From this length on, V8 slices a string instead of copying it. A slice keeps the whole text. */
const MIN_SLICE = 13;

/** Reads a text once, from its beginning to its end. */
class JsonReader {
  readonly #text: string;
  readonly #parseNumber: (lexeme: string) => unknown;
  readonly #onDuplicate: LosslessJsonOptions["onDuplicate"];
  #at = 0;
  #depth = 0;

  constructor(text: string, { parseNumber = Number, onDuplicate }: LosslessJsonOptions) {
    this.#text = text;
    this.#parseNumber = parseNumber;
    this.#onDuplicate = onDuplicate;
  }

  readText(): unknown {
    const value = this.#readValue();
    this.#skipWhiteSpace();
    return this.#at === this.#text.length ? value : this.#fail();
  }

  #readValue(): unknown {
    const code = this.#skipWhiteSpace();
    if (code === QUOTE) return this.#readString();
    if (code === OPEN_BRACE) return this.#readObject();
    if (code === OPEN_BRACKET) return this.#readArray();
    const literal = LITERALS.find(([word]) => this.#text.startsWith(word, this.#at));
    if (literal === undefined) return this.#readNumber();
    this.#at += literal[0].length;
    return literal[1];
  }

  #readObject(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let isNext = this.#open(CLOSE_BRACE); isNext; isNext = this.#next(CLOSE_BRACE)) {
      const name = this.#readName();
      const value = this.#readValue();
      if (this.#onDuplicate !== undefined && Object.hasOwn(object, name)) this.#onDuplicate(object[name], value);
      setMember(object, name, value);
    }
    return object;
  }

  #readArray(): unknown[] {
    const array: unknown[] = [];
    for (let isNext = this.#open(CLOSE_BRACKET); isNext; isNext = this.#next(CLOSE_BRACKET)) {
      array.push(this.#readValue());
    }
    return array;
  }

  #readNumber(): unknown {
    NUMBER.lastIndex = this.#at;
    const [lexeme] = NUMBER.exec(this.#text) ?? this.#fail();
    this.#at += lexeme.length;
    return this.#parseNumber(lexeme);
  }

  #readName(): string {
    if (this.#skipWhiteSpace() !== QUOTE) this.#fail();
    const start = this.#at;
    const name = this.#skipString() ? this.#decode(start) : this.#text.slice(start + 1, this.#at - 1);
    if (this.#skipWhiteSpace() !== COLON) this.#fail();
    this.#at += 1;
    return name;
  }

  /** Reads a string. A long one is a slice, which saves its copy; a short one is a copy. */
  #readString(): string {
    const start = this.#at;
    const isEscaped = this.#skipString();
    const length = this.#at - start - 2;
    const isCopied = isEscaped || (length >= MIN_SLICE && 2 * length < this.#text.length);
    return isCopied ? this.#decode(start) : this.#text.slice(start + 1, this.#at - 1);
  }

  /** Decodes the string from `start` to here. The platform does so correctly outside of names. */
  #decode(start: number): string {
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      return this.#fail();
    }
  }

  /** Skips a string, and returns whether it has an escape. */
  #skipString(): boolean {
    const [text, start] = [this.#text, this.#at];
    let [at, isEscaped] = [start + 1, false];
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
      // Not a number after the end of the text.
      if (!(code >= SPACE)) this.#fail();
      if (code === BACKSLASH) isEscaped = true;
      at += code === BACKSLASH ? 2 : 1;
    }
    this.#at = at + 1;
    return isEscaped;
  }

  /** Takes an opening bracket, and returns whether a first element follows. */
  #open(closing: number): boolean {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new RangeError(`expected at most ${MAX_DEPTH} levels of nesting`);
    return this.#skipWhiteSpace() !== closing || this.#close();
  }

  /** Takes a comma or the closing bracket, and returns whether another element follows. */
  #next(closing: number): boolean {
    const code = this.#skipWhiteSpace();
    if (code === closing) return this.#close();
    if (code !== COMMA) this.#fail();
    this.#at += 1;
    return true;
  }

  #close(): false {
    this.#at += 1;
    this.#depth -= 1;
    return false;
  }

  /** Skips white space, and returns the code of the character after it. */
  #skipWhiteSpace(): number {
    let code = this.#text.charCodeAt(this.#at);
    while (code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    return code;
  }

  #fail(): never {
    throw new SyntaxError(`expected JSON, got another text at character ${this.#at}`);
  }
}

/** Sets an own member. An assignment to `__proto__` would set the prototype. */
function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}
