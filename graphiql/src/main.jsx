import './workers.js';
import 'graphiql/style.css';
import './style.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.jsx';
import { language } from './texts.js';

document.documentElement.lang = language;
createRoot(document.getElementById('root')).render(<App endpoint={new URL(location.pathname, location.origin)} />);
