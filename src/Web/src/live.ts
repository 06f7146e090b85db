/** What an address shows. */
export interface Page {
  readonly title: string;
  readonly address: string;
  readonly root: HTMLElement;
  /** Names of the resources that it shows. */
  readonly resources: string[];
  /** Fetches what it shows and shows it. */
  load(): Promise<void>;
}

/** The answer to a request that was refused; its message is for people. */
export class Refused extends Error {
  constructor(readonly status: number, reason: string) {
    super(reason.trim());
  }
}

const Pause = 300;
const Unprocessable = 422;

/** Keeps a page up to date: one stream says what has changed, and what the page shows of it is fetched again. */
export class Live {
  private isLoading = false;
  private isStale = false;

  constructor(private readonly page: Page, private readonly status: HTMLElement) {}

  start(): void {
    this.say('connecting', '');
    const events = new EventSource('/api/events');
    events.addEventListener('open', () => this.say('live', 'live'));
    events.addEventListener('change', (event) => {
      const { changed } = JSON.parse((event as MessageEvent<string>).data) as { changed: string[] | null };
      if (changed === null || changed.some((name) => this.page.resources.includes(name))) void this.refresh();
    });
    events.addEventListener('error', () => this.say('out of reach: it has ended, or this link is an old one', 'lost'));
  }

  private async refresh(): Promise<void> {
    this.isStale = true;
    if (this.isLoading) return;
    this.isLoading = true;
    while (this.isStale) {
      this.isStale = false;
      try {
        await this.page.load();
      } catch (error) {
        this.say(error instanceof Refused ? error.message : 'out of reach', 'lost');
      }

      document.documentElement.dataset.ready = 'true';
      // Several changes in a moment are drawn as one.
      await new Promise((resolve) => setTimeout(resolve, Pause));
    }
    this.isLoading = false;
  }

  private say(text: string, kind: string): void {
    if (this.status.textContent === text) return;
    this.status.textContent = text;
    this.status.dataset.kind = kind;
  }
}

export async function get<T>(address: string): Promise<T> {
  return (await answer(await fetch(address))).json() as Promise<T>;
}

/** Asks for a change. Returns the sentence that says what was done. */
export async function post(address: string, body: object): Promise<string> {
  const response = await answer(await fetch(address, {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfKey() }, body: JSON.stringify(body),
  }));
  return (await response.json() as { sentence: string }).sentence;
}

/** Sends a form. Returns what it came to; where it was refused, why. */
export async function send<T>(address: string, body: FormData): Promise<T> {
  const response = await fetch(address, { method: 'POST', headers: { 'X-CSRF-Token': csrfKey() }, body });
  return (await (response.status === Unprocessable ? response : answer(response))).json() as Promise<T>;
}

function csrfKey(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=csrf]')!.content;
}

/** An id in an address; that of a fold has slashes. */
export function inAddress(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

async function answer(response: Response): Promise<Response> {
  if (!response.ok) throw new Refused(response.status, await response.text());
  return response;
}
