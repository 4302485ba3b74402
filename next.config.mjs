/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  // Every page is private or carries a nonce: nothing is kept by a cache in between.
  experimental: { serverActions: { bodySizeLimit: '2mb' } },
};
