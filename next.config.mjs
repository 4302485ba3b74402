/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  // Types are checked by `npm run check`, tests included. A build on somebody's machine is for pages.
  typescript: { ignoreBuildErrors: true },
  // It reads files of its own, which a bundle would lose.
  serverExternalPackages: ['pdfkit'],
  experimental: {
    // A selection of some thousand items is a form of that many ids.
    serverActions: { bodySizeLimit: '2mb' },
    // What Next holds of a body before anything of ours sees it; the API refuses more than 1 MiB.
    proxyClientMaxBodySize: '3mb',
  },
};
