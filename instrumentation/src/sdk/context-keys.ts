import { keyUsedBy } from '../spans/contexts.ts';
import { api, core } from './api.ts';

/** Under which a context holds what frameworks may tell about the request. */
export const RPC_KEY = keyUsedBy((probe) => core.setRPCMetadata(probe, {} as never));
/** Under which it holds the recording of what happens inside of the request. */
export const REQUEST_KEY = api.createContextKey('onetrace request');
