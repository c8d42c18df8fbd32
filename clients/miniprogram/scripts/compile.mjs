// operations/*.graphql → wellmate/operations.js (text and SHA-256), wellmate/operations.d.ts (types), documents.json (for the
// server). Run by `npm run compile`; SCHEMA names another schema file.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as operationTypes from '@graphql-codegen/typescript-operations';
import { buildSchema, concatAST, Kind, parse, print, stripIgnoredCharacters, validate, visit } from 'graphql';

const at = (path) => new URL(`../${path}`, import.meta.url);
const SCHEMA = process.env.SCHEMA ?? at('../../schema/schema.graphql');
const SCALARS = { DateTime: 'string', Date: 'string', Decimal: 'string', JSON: 'any', Upload: 'null' };

function readSources() {
  const names = readdirSync(at('operations')).filter((name) => name.endsWith('.graphql'));
  return names.sort().map((name) => parse(readFileSync(at(`operations/${name}`), 'utf8')));
}

function fragmentsOf(node, fragments, found = new Set()) {
  visit(node, {
    FragmentSpread({ name: { value } }) {
      if (found.has(value)) return;
      found.add(value);
      fragmentsOf(fragments.get(value), fragments, found);
    },
  });
  return found;
}

// A document is its operation with the fragments that it needs, sorted by name, without what GraphQL ignores.
function compiled(operation, fragments) {
  const needed = [...fragmentsOf(operation, fragments)].sort().map((name) => fragments.get(name));
  const text = stripIgnoredCharacters([operation, ...needed].map(print).join('\n'));
  return { name: operation.name.value, kind: operation.operation, id: sha256(text), text };
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}

function compile(document) {
  const fragments = new Map(ofKind(document, Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));
  const all = ofKind(document, Kind.OPERATION_DEFINITION).map((operation) => compiled(operation, fragments));
  return all.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function ofKind(document, kind) {
  return document.definitions.filter((node) => node.kind === kind);
}

function asModule(all) {
  const entry = ({ name, kind, id, text }) =>
    `  ${name}: {\n    name: '${name}',\n    kind: '${kind}',\n    id: '${id}',\n    text: ${JSON.stringify(text)},\n  },`;
  return `'use strict';\n\n// Made by \`npm run compile\` from operations/*.graphql.\nmodule.exports = {\n${all.map(entry).join('\n')}\n};\n`;
}

async function asTypes(schema, document, all) {
  const types = await codegen({
    filename: 'operations.d.ts',
    schema: parse('type Query { unused: Int }'),
    schemaAst: schema,
    documents: [{ document }],
    config: {},
    plugins: [{ operations: { scalars: SCALARS, enumType: 'string-literal', skipTypename: true, defaultScalarType: 'any' } }],
    pluginMap: { operations: operationTypes },
  });
  const suffix = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  const entry = ({ name, kind }) => `  ${name}: { variables: ${name}${suffix[kind]}Variables; data: ${name}${suffix[kind]} };`;
  return `// Made by \`npm run compile\` from operations/*.graphql.\n${types}\n\nexport interface Operations {\n${all.map(entry).join('\n')}\n}\n`;
}

const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));
const document = concatAST(readSources());
const faults = validate(schema, document);
if (faults.length) throw new Error(faults.map((fault) => fault.message).join('\n'));
const all = compile(document);
writeFileSync(at('wellmate/operations.js'), asModule(all));
writeFileSync(at('wellmate/operations.d.ts'), await asTypes(schema, document, all));
writeFileSync(at('documents.json'), `${JSON.stringify(Object.fromEntries(all.map(({ id, text }) => [id, text])), null, 1)}\n`);
console.log(`${all.length} operations compiled`);
