import type { Account } from '../account.ts';
import type { Parameters, Route } from '../schema/parameters.ts';

/** What a handler is given beside the account: checked parameters and the id in the path. */
export interface Call<R extends Route> {
  params: Parameters[R];
  id: string;
  path: string;
}

/** What answers each route. Nothing in a handler waits: a request happens whole or not at all. */
export type Handlers = {
  [R in Route]?: (account: Account, call: Call<R>) => object;
};
