/** The stations that a request passes, each of which leaves a span. */
export type Hop = 'curl' | 'nginx' | 'app';

/** What is known about a request from the side that sent it. */
export interface RequestFacts {
  url: string;
  method: string;
  /** null: there was no answer. */
  status: number | null;
  /** Bytes of the body as received. */
  bytes: number | null;
  redirects: number;
  /** Where an answer that was not followed points to. */
  redirectUrl: string | null;
  times: CurlTimes | null;
}

/** curl's `--write-out` times: ms since curl began, each includes those before it; 0 where a step did not take place. */
export interface CurlTimes {
  namelookup: number;
  connect: number;
  appconnect: number;
  pretransfer: number;
  starttransfer: number;
  total: number;
}
