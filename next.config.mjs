/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  // Types are checked by `npm run check`, tests included. A build on somebody's machine is for pages.
  typescript: { ignoreBuildErrors: true },
  // A selection of some thousand items is a form of that many ids.
  experimental: { serverActions: { bodySizeLimit: '2mb' } },
};
