import { answer } from '#app/_server/route.ts';
import { customerStamp } from '#app/(portal)/customers/parts/customer-state.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import { getCustomer } from '#lib/services/customers/get.ts';

interface Context {
  params: Promise<{ tenantId: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { tenantId } = await params;
  return answer(async (ctx) => {
    const customer = await getCustomer(ctx, { tenantId });
    const link = await connectStatus(ctx, { tenantId });
    return { stamp: customerStamp(customer, link) };
  });
}
