import './dashboard.css';
import { charts } from './chart';
import { element } from './dom';
import { Live, type Page } from './live';
import { ComparePage } from './pages/compare';
import { ModelsPage } from './pages/models';
import { StartPage } from './pages/start';
import { StudiesPage } from './pages/studies';
import { StudyPage } from './pages/study';

const Study = '/studies/';

function main(): void {
  const path = location.pathname;
  const page = path.startsWith(Study)
    ? new StudyPage(path.slice(Study.length).split('/').map(decodeURIComponent).join('/'))
    : path === '/models' ? new ModelsPage() : path === '/start' ? new StartPage()
      : path === '/compare' ? new ComparePage(location.search) : new StudiesPage();
  const status = element('p', { class: 'connection', role: 'status' });
  const canStart = document.querySelector<HTMLMetaElement>('meta[name=starts]')!.content === 'True';
  const links = [['/', 'Studies'], ['/models', 'Models'], ...(canStart ? [['/start', 'Start']] : [])];
  document.title = `${page.title} - MacroCausal`;
  document.getElementById('dashboard')!.append(
    element('header', { class: 'bar' },
      element('nav', { 'aria-label': 'Pages' }, element('ul', {}, ...links.map(([address, text]) => link(address!, text!, page)))),
      element('p', { class: 'store' }, document.querySelector<HTMLMetaElement>('meta[name=store]')!.content),
      status),
    page.root);
  new Live(page, status).start();
}

function link(address: string, text: string, page: Page): HTMLElement {
  return element('li', {}, element('a', { href: address, 'aria-current': page.address === address ? 'page' : undefined }, text));
}

main();

export { charts };
