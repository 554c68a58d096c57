import { INSTALLER_PATH, INSTALLER_SCRIPT } from '../deisctl/installer';
import type { Site } from './internet';

/** deis.io as it was in 2016: all that a node asks of it is deisctl's installer. */
export const deisSite: Site = (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://deis.io');
  if (pathname === INSTALLER_PATH) response.writeHead(200, { 'content-type': 'text/x-sh' }).end(INSTALLER_SCRIPT);
  else response.writeHead(404, { 'content-type': 'text/html' }).end('<html><body>404 Not Found</body></html>\n');
};
