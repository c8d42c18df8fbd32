import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';
import { EXAMPLES_PLUGIN } from './examples.jsx';
import { createFetcher } from './fetcher.js';
import { KeepSession, SessionProvider, SIGN_IN_PLUGIN } from './session.jsx';
import { texts } from './texts.js';

const PLUGINS = [SIGN_IN_PLUGIN, EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const SCALARS = { JSON: {}, Decimal: { type: 'string' } };

// What is typed here can hold passwords, keys and patients' words: it lives as long as the tab, never longer.
const storage = window.sessionStorage;

export function App({ endpoint }) {
  const fetcher = useMemo(() => createFetcher(endpoint), [endpoint]);
  return (
    <SessionProvider endpoint={endpoint}>
      <GraphiQL
        fetcher={fetcher}
        plugins={PLUGINS}
        visiblePlugin={SIGN_IN_PLUGIN}
        storage={storage}
        defaultQuery={texts.welcome}
        defaultEditorToolsVisibility="headers"
        customScalarSchemas={SCALARS}
        shouldPersistHeaders
        showPersistHeadersSettings={false}
        inputValueDeprecation
        schemaDescription
      >
        <GraphiQL.Logo>
          <span className="graphiql-logo-link">Wellmate</span>
          <KeepSession />
        </GraphiQL.Logo>
      </GraphiQL>
    </SessionProvider>
  );
}
