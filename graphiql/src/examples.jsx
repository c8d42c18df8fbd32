import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { language, texts } from './texts.js';

const DOCUMENTS = import.meta.glob('../examples/**/*.graphql', { eager: true, query: '?raw', import: 'default' });
const VARIABLES = import.meta.glob('../examples/**/*.json', { eager: true, query: '?raw', import: 'default' });
const EXAMPLES = Object.entries(DOCUMENTS).map(([path, query]) => example(path, query));

// An example's first comment line is its Chinese title, the second the English one; its folder is its group.
function example(path, query) {
  const [zh, en] = query.split('\n').map((line) => line.replace(/^#\s*/, ''));
  const variables = VARIABLES[path.replace(/\.graphql$/, '.json')] ?? '';
  return { path, group: path.split('/').at(-2), title: language === 'en' ? en : zh, query, variables };
}

function useOpen() {
  const { addTab } = useGraphiQLActions();
  const { queryEditor, variableEditor } = useGraphiQL(pick('queryEditor', 'variableEditor'));
  return ({ query, variables }) => {
    addTab();
    queryEditor.setValue(query);
    queryEditor.updateOptions({ wordWrap: 'on' });
    variableEditor.setValue(variables);
    // GraphiQL has no action that brings its variables editor to the front.
    document.querySelector('button[data-name="variables"]')?.click();
  };
}

function ExamplesPanel() {
  const open = useOpen();
  return (
    <section className="wellmate-panel" aria-label={texts.examples}>
      <h2>{texts.examples}</h2>
      <p className="wellmate-hint">{texts.examplesHint}</p>
      {Object.entries(texts.groups).map(([group, title]) => (
        <div key={group}>
          <h3>{title}</h3>
          <ul>
            {EXAMPLES.filter((one) => one.group === group).map((one) => (
              <li key={one.path}>
                <button type="button" onClick={() => open(one)}>
                  {one.title}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

const ExamplesIcon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6">
    <path d="M5 4h14v16H5zM9 9h6M9 13h6M9 17h3" />
  </svg>
);

export const EXAMPLES_PLUGIN = { title: texts.examples, icon: ExamplesIcon, content: ExamplesPanel };
