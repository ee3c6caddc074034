import { astroSuite } from './support/astro-suite.ts';
import { buildSite } from './support/site.ts';

/** With the version of Astro that the app uses; ../../test/astro-versions.test.ts has the others. */
astroSuite(() => buildSite());
