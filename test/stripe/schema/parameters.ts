import type Stripe from 'stripe';

/**
 * What each route takes, in the words of Stripe's own client. `schema/write-schema.program.ts` makes the
 * JSON Schema of it that requests are checked against; the handlers are typed by the same lines.
 */
export interface Parameters {
  'GET /v1/account': Stripe.AccountRetrieveCurrentParams;
  'GET /v1/balance': Stripe.BalanceRetrieveParams;

  'POST /v1/customers': Stripe.CustomerCreateParams;
  'GET /v1/customers': Stripe.CustomerListParams;
  'GET /v1/customers/search': Stripe.CustomerSearchParams;
  'GET /v1/customers/:id': Stripe.CustomerRetrieveParams;
  'POST /v1/customers/:id': Stripe.CustomerUpdateParams;
  'DELETE /v1/customers/:id': Stripe.CustomerDeleteParams;
  'GET /v1/customers/:id/payment_methods': Stripe.CustomerListPaymentMethodsParams;
  'GET /v1/payment_methods': Stripe.PaymentMethodListParams;
  'GET /v1/payment_methods/:id': Stripe.PaymentMethodRetrieveParams;
  'POST /v1/payment_methods/:id/attach': Stripe.PaymentMethodAttachParams;
  'POST /v1/payment_methods/:id/detach': Stripe.PaymentMethodDetachParams;

  'POST /v1/products': Stripe.ProductCreateParams;
  'GET /v1/products': Stripe.ProductListParams;
  'GET /v1/products/:id': Stripe.ProductRetrieveParams;
  'POST /v1/products/:id': Stripe.ProductUpdateParams;
  'POST /v1/prices': Stripe.PriceCreateParams;
  'GET /v1/prices': Stripe.PriceListParams;
  'GET /v1/prices/:id': Stripe.PriceRetrieveParams;
  'POST /v1/prices/:id': Stripe.PriceUpdateParams;

  'POST /v1/billing/meters': Stripe.Billing.MeterCreateParams;
  'GET /v1/billing/meters': Stripe.Billing.MeterListParams;
  'GET /v1/billing/meters/:id': Stripe.Billing.MeterRetrieveParams;
  'POST /v1/billing/meters/:id': Stripe.Billing.MeterUpdateParams;
  'POST /v1/billing/meters/:id/deactivate': Stripe.Billing.MeterDeactivateParams;
  'POST /v1/billing/meters/:id/reactivate': Stripe.Billing.MeterReactivateParams;
  'GET /v1/billing/meters/:id/event_summaries': Stripe.Billing.MeterListEventSummariesParams;
  'POST /v1/billing/meter_events': Stripe.Billing.MeterEventCreateParams;
  'POST /v1/billing/meter_event_adjustments': Stripe.Billing.MeterEventAdjustmentCreateParams;

  'POST /v1/subscriptions': Stripe.SubscriptionCreateParams;
  'GET /v1/subscriptions': Stripe.SubscriptionListParams;
  'GET /v1/subscriptions/:id': Stripe.SubscriptionRetrieveParams;
  'POST /v1/subscriptions/:id': Stripe.SubscriptionUpdateParams;
  'DELETE /v1/subscriptions/:id': Stripe.SubscriptionCancelParams;
  'GET /v1/subscription_items': Stripe.SubscriptionItemListParams;
  'GET /v1/subscription_items/:id': Stripe.SubscriptionItemRetrieveParams;

  'POST /v1/invoices': Stripe.InvoiceCreateParams;
  'GET /v1/invoices': Stripe.InvoiceListParams;
  'POST /v1/invoices/create_preview': Stripe.InvoiceCreatePreviewParams;
  'GET /v1/invoices/:id': Stripe.InvoiceRetrieveParams;
  'POST /v1/invoices/:id': Stripe.InvoiceUpdateParams;
  'DELETE /v1/invoices/:id': Stripe.InvoiceDeleteParams;
  'GET /v1/invoices/:id/lines': Stripe.InvoiceListLineItemsParams;
  'POST /v1/invoices/:id/finalize': Stripe.InvoiceFinalizeInvoiceParams;
  'POST /v1/invoices/:id/pay': Stripe.InvoicePayParams;
  'POST /v1/invoices/:id/void': Stripe.InvoiceVoidInvoiceParams;
  'POST /v1/invoices/:id/mark_uncollectible': Stripe.InvoiceMarkUncollectibleParams;
  'POST /v1/invoiceitems': Stripe.InvoiceItemCreateParams;
  'GET /v1/invoiceitems': Stripe.InvoiceItemListParams;
  'GET /v1/invoiceitems/:id': Stripe.InvoiceItemRetrieveParams;
  'DELETE /v1/invoiceitems/:id': Stripe.InvoiceItemDeleteParams;
  'GET /v1/invoice_payments': Stripe.InvoicePaymentListParams;
  'GET /v1/payment_intents/:id': Stripe.PaymentIntentRetrieveParams;
  'POST /v1/credit_notes': Stripe.CreditNoteCreateParams;
  'GET /v1/credit_notes': Stripe.CreditNoteListParams;
  'GET /v1/credit_notes/:id': Stripe.CreditNoteRetrieveParams;
  'POST /v1/refunds': Stripe.RefundCreateParams;
  'GET /v1/refunds': Stripe.RefundListParams;
  'GET /v1/refunds/:id': Stripe.RefundRetrieveParams;

  'POST /v1/checkout/sessions': Stripe.Checkout.SessionCreateParams;
  'GET /v1/checkout/sessions': Stripe.Checkout.SessionListParams;
  'GET /v1/checkout/sessions/:id': Stripe.Checkout.SessionRetrieveParams;
  'GET /v1/checkout/sessions/:id/line_items': Stripe.Checkout.SessionListLineItemsParams;
  'POST /v1/checkout/sessions/:id/expire': Stripe.Checkout.SessionExpireParams;
  'POST /v1/billing_portal/configurations': Stripe.BillingPortal.ConfigurationCreateParams;
  'GET /v1/billing_portal/configurations': Stripe.BillingPortal.ConfigurationListParams;
  'POST /v1/billing_portal/configurations/:id': Stripe.BillingPortal.ConfigurationUpdateParams;
  'POST /v1/billing_portal/sessions': Stripe.BillingPortal.SessionCreateParams;

  'POST /v1/test_helpers/test_clocks': Stripe.TestHelpers.TestClockCreateParams;
  'GET /v1/test_helpers/test_clocks': Stripe.TestHelpers.TestClockListParams;
  'GET /v1/test_helpers/test_clocks/:id': Stripe.TestHelpers.TestClockRetrieveParams;
  'DELETE /v1/test_helpers/test_clocks/:id': Stripe.TestHelpers.TestClockDeleteParams;
  'POST /v1/test_helpers/test_clocks/:id/advance': Stripe.TestHelpers.TestClockAdvanceParams;

  'GET /v1/events': Stripe.EventListParams;
  'GET /v1/events/:id': Stripe.EventRetrieveParams;
  'POST /v1/webhook_endpoints': Stripe.WebhookEndpointCreateParams;
  'GET /v1/webhook_endpoints': Stripe.WebhookEndpointListParams;
  'GET /v1/webhook_endpoints/:id': Stripe.WebhookEndpointRetrieveParams;
  'POST /v1/webhook_endpoints/:id': Stripe.WebhookEndpointUpdateParams;
  'DELETE /v1/webhook_endpoints/:id': Stripe.WebhookEndpointDeleteParams;

  'GET /v2/core/events': Stripe.V2.Core.EventListParams;
  'GET /v2/core/events/:id': Stripe.V2.Core.EventRetrieveParams;
  'POST /v2/core/event_destinations': Stripe.V2.Core.EventDestinationCreateParams;
  'GET /v2/core/event_destinations': Stripe.V2.Core.EventDestinationListParams;
  'DELETE /v2/core/event_destinations/:id': Stripe.V2.Core.EventDestinationDeleteParams;
}

export type Route = keyof Parameters;
