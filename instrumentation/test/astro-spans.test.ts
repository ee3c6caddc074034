import { astroSuite } from './support/astro-suite.ts';

/** With the version of Astro that the app uses; ../../test/astro-versions.test.ts has the others. */
astroSuite();
